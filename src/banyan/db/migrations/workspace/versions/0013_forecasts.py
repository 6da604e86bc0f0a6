"""Tables of the feature forecasts (ADR 17)."""

from banyan.db.migrations.scripts import run_script

revision = "0013_forecasts"
down_revision = "0012_pipelines"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE forecast_settings (
  id boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_forecast_settings_one CHECK (id),
  document jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_by uuid,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE forecast_snapshot (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  taken_at timestamptz NOT NULL,
  kind text NOT NULL CONSTRAINT ck_forecast_snapshot_kind CHECK (kind IN ('weekly', 'month_end', 'by_hand')),
  due_on date,
  taken_by uuid,
  deals integer NOT NULL DEFAULT 0
);
-- Two workers may both find that one is due: this makes it one.
CREATE UNIQUE INDEX uq_forecast_snapshot_due ON forecast_snapshot (kind, due_on) WHERE due_on IS NOT NULL;
CREATE INDEX ix_forecast_snapshot_taken ON forecast_snapshot (taken_at DESC);

-- A deal as it stood, one row per person whose revenue it is: `amount` is the whole deal's, `share` in percent.
CREATE TABLE forecast_row (
  snapshot_id uuid NOT NULL,
  record_id uuid NOT NULL,
  person_id uuid,
  share numeric NOT NULL,
  amount numeric NOT NULL,
  currency text NOT NULL,
  probability numeric NOT NULL,
  category text NOT NULL,
  stage text,
  close_date date
);
CREATE INDEX ix_forecast_row_record ON forecast_row (snapshot_id, record_id);
CREATE INDEX ix_forecast_row_close ON forecast_row (snapshot_id, close_date);

-- What somebody who leads expects of a person's line in a category. The latest row holds; all of them are the history.
CREATE TABLE forecast_judgement (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  period text NOT NULL CONSTRAINT ck_forecast_judgement_period CHECK (length(period) BETWEEN 4 AND 8),
  person_id uuid NOT NULL,
  category text NOT NULL,
  currency text NOT NULL,
  amount numeric,
  was numeric,
  note text CONSTRAINT ck_forecast_judgement_note CHECK (length(note) <= 500),
  judged_by uuid NOT NULL,
  judged_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_forecast_judgement_place ON forecast_judgement (period, person_id, category, currency, id DESC);
"""


def upgrade() -> None:
    run_script(TABLES)
