"""Files remember their store; uploads that go on where they broke off."""

from banyan.db.migrations.scripts import run_script

revision = "0009_uploads"
down_revision = "0008_work_places"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE file ADD COLUMN store text NOT NULL DEFAULT 'database';
CREATE TABLE file_upload (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  field_id uuid NOT NULL,
  name text NOT NULL CONSTRAINT ck_file_upload_name CHECK (length(name) BETWEEN 1 AND 200),
  size bigint NOT NULL CONSTRAINT ck_file_upload_size CHECK (size > 0),
  received bigint NOT NULL DEFAULT 0,
  user_id uuid NOT NULL,
  file_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ck_file_upload_received CHECK (received BETWEEN 0 AND size)
);
-- Contents outside of the database whose row is gone: a round of the worker throws them away.
CREATE TABLE file_gone (
  file_id uuid PRIMARY KEY,
  store text NOT NULL
);
CREATE FUNCTION file_gone() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO file_gone (file_id, store) VALUES (OLD.id, OLD.store) ON CONFLICT DO NOTHING;
  RETURN OLD;
END $$;
CREATE TRIGGER file_gone AFTER DELETE ON file FOR EACH ROW WHEN (OLD.store <> 'database') EXECUTE FUNCTION file_gone();
CREATE INDEX ix_file_upload_created ON file_upload (created_at);
"""


def upgrade() -> None:
    run_script(TABLES)
