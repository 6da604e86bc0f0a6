"""Files of records. Their content lies in the database: it is backed up, restored and thrown away with the records."""

from banyan.db.migrations.scripts import run_script

revision = "0006_files"
down_revision = "0005_formulas"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE file (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  field_id uuid NOT NULL,
  record_id uuid,
  name text NOT NULL CONSTRAINT ck_file_name CHECK (length(name) BETWEEN 1 AND 200),
  media_type text NOT NULL,
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  width integer,
  height integer,
  thumbnail bytea,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_file_record ON file (record_id) WHERE record_id IS NOT NULL;
CREATE INDEX ix_file_loose ON file (created_at) WHERE record_id IS NULL;
CREATE TABLE file_part (
  file_id uuid NOT NULL CONSTRAINT fk_file_part_file REFERENCES file (id) ON DELETE CASCADE,
  place integer NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (file_id, place)
);
-- What is compressed already is not compressed again.
ALTER TABLE file_part ALTER COLUMN content SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    run_script(TABLES)
