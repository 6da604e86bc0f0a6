"""Tables of the feature pipelines (ADR 17)."""

from banyan.db.migrations.scripts import run_script

revision = "0012_pipelines"
down_revision = "0011_duplicates"
branch_labels = None
depends_on = None

TABLES = """
-- Allowed moves of every state machine: derived from the definitions, written by the change that makes them.
CREATE TABLE state_move (
  field_id uuid NOT NULL,
  pipeline text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  by_house boolean NOT NULL DEFAULT false,
  CONSTRAINT pk_state_move PRIMARY KEY (field_id, pipeline, from_state, to_state)
);
REVOKE INSERT, UPDATE, DELETE ON state_move FROM banyan_app;

-- How long a record was in each state, and with which amount.
CREATE TABLE stage_period (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  field_id uuid NOT NULL,
  pipeline text,
  stage text NOT NULL,
  entered_at timestamptz NOT NULL,
  entered_by uuid,
  left_at timestamptz,
  left_by uuid,
  to_stage text,
  amount numeric,
  currency text
);
CREATE UNIQUE INDEX uq_stage_period_open ON stage_period (record_id, field_id) WHERE left_at IS NULL;
CREATE INDEX ix_stage_period_record ON stage_period (record_id, entered_at);
CREATE INDEX ix_stage_period_entered ON stage_period (object_id, entered_at);

-- Ticks on the checklists of stages.
CREATE TABLE stage_check (
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  pipeline text NOT NULL,
  stage text NOT NULL,
  item text NOT NULL,
  done_at timestamptz NOT NULL,
  done_by uuid,
  CONSTRAINT pk_stage_check PRIMARY KEY (record_id, pipeline, stage, item)
);

-- What a lead became, and when: one row per conversion, gone when it is taken back.
CREATE TABLE lead_conversion (
  lead_id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  by_user uuid,
  was_status text,
  made jsonb NOT NULL,
  linked jsonb NOT NULL
);

-- Whether a record may go from `was` to `now` in the pipeline `line`. A state that the machine does not know, or none,
-- may be left for any it knows, but for those of the house; a pipeline that is not described moves as the default one.
-- `fresh`: the record is new, and may be history.
CREATE FUNCTION move_allowed(machine uuid, line text, was text, now text, house boolean, fresh boolean) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT was IS NULL AND now IS NULL OR EXISTS (
    SELECT 1 FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM state_move k WHERE k.field_id = machine
      AND k.pipeline = coalesce(line, '')) THEN coalesce(line, '') ELSE '' END AS kept) l,
    LATERAL (SELECT CASE WHEN was IS NOT NULL AND EXISTS (SELECT 1 FROM state_move k WHERE k.field_id = machine
      AND k.pipeline = l.kept AND k.from_state = was AND k.to_state = was) THEN was ELSE now END AS state) f,
    state_move m WHERE m.field_id = machine AND m.pipeline = l.kept AND m.from_state = f.state AND m.to_state = now
      AND (house OR NOT m.by_house)
      AND (house OR fresh OR was = now OR f.state <> now OR NOT EXISTS (SELECT 1 FROM state_move h
        WHERE h.field_id = machine AND h.pipeline = l.kept AND h.to_state = now AND h.by_house)))
$$;

-- A state machine held by the database: whoever writes, only allowed moves pass. Arguments: id of the field, its
-- column, the column of the pipeline (or none).
CREATE FUNCTION hold_state() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  now_row jsonb := to_jsonb(NEW);
  was_row jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END;
  now_state text := now_row ->> TG_ARGV[1];
  was_state text := was_row ->> TG_ARGV[1];
  line text := CASE WHEN TG_ARGV[2] <> '' THEN now_row ->> TG_ARGV[2] END;
  was_line text := CASE WHEN TG_ARGV[2] <> '' THEN was_row ->> TG_ARGV[2] END;
BEGIN
  IF TG_OP = 'UPDATE' AND now_state IS NOT DISTINCT FROM was_state AND line IS NOT DISTINCT FROM was_line THEN
    RETURN NEW;
  END IF;
  IF move_allowed(TG_ARGV[0]::uuid, line, was_state, now_state,
    coalesce(current_setting('banyan.house', true), '') = 'on', TG_OP = 'INSERT') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'state % may not follow %', now_state, was_state USING
    ERRCODE = 'check_violation', CONSTRAINT = 'state_move', TABLE = TG_TABLE_NAME,
    DETAIL = jsonb_build_object('field', TG_ARGV[0], 'record', now_row ->> 'id', 'pipeline', line,
      'from', was_state, 'to', now_state)::text;
END $$;
"""


def upgrade() -> None:
    run_script(TABLES)
