"""What holds a rule of an object in the database too (ADR 18)."""

from banyan.db.migrations.scripts import run_script

revision = "0015_held_rules"
down_revision = "0014_grading"
branch_labels = None
depends_on = None

TABLES = """
-- A rule held by the database: a row that broke it when it was written is looked at again as it is at the commit.
-- Arguments: name of the constraint, the condition over the row "new", what a refusal carries.
CREATE FUNCTION hold_rule() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  broken boolean;
BEGIN
  EXECUTE format('SELECT true FROM %I.%I AS "new" WHERE "new".id = $1 AND "new".deleted_at IS NULL AND (%s)',
    TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[1]) INTO broken USING NEW.id;
  IF broken THEN
    RAISE EXCEPTION 'a record breaks the rule %', TG_ARGV[0] USING
      ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA,
      DETAIL = TG_ARGV[2];
  END IF;
  RETURN NULL;
END $$;
"""


def upgrade() -> None:
    run_script(TABLES)
