"""Tables of the features partners and commissions (ADR 18)."""

from banyan.db.migrations.scripts import run_script

revision = "0019_partners"
down_revision = "0018_printing"
branch_labels = None
depends_on = None

TABLES = """
-- Under what a deal registration is found again: the customer's credit code, the core of its name.
CREATE TABLE registration_key (
  record_id uuid NOT NULL,
  key text NOT NULL,
  CONSTRAINT pk_registration_key PRIMARY KEY (record_id, key)
);
CREATE INDEX ix_registration_key_key ON registration_key (key);

-- A person's commission of a month as it was paid; what changes later is told in a later month.
CREATE TABLE commission_month (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  person_id uuid NOT NULL,
  month date NOT NULL CONSTRAINT ck_commission_month_month CHECK (extract(day FROM month) = 1),
  closed_at timestamptz NOT NULL,
  closed_by uuid,
  CONSTRAINT uq_commission_month_person UNIQUE (person_id, month)
);
CREATE TABLE commission_line (
  month_id uuid NOT NULL REFERENCES commission_month (id),
  position integer NOT NULL,
  basis text NOT NULL,
  source_id uuid NOT NULL,
  share_id uuid,
  day date NOT NULL,
  rule_id uuid,
  rule text NOT NULL,
  rate numeric NOT NULL,
  currency text NOT NULL,
  base numeric NOT NULL,
  amount numeric NOT NULL,
  adjusts boolean NOT NULL,
  places jsonb NOT NULL,
  CONSTRAINT pk_commission_line PRIMARY KEY (month_id, position)
);
CREATE INDEX ix_commission_line_source ON commission_line (source_id);
-- What was closed is evidence: it is added to and nothing else.
REVOKE UPDATE, DELETE ON commission_month, commission_line FROM banyan_app;
"""


def upgrade() -> None:
    run_script(TABLES)
