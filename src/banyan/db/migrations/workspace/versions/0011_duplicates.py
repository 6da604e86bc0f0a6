"""Tables of the feature duplicates (ADR 17)."""

from banyan.db.migrations.scripts import run_script

revision = "0011_duplicates"
down_revision = "0010_pools"
branch_labels = None
depends_on = None

TABLES = """
-- Rules of an object; without a row those that come with the house are in force.
CREATE TABLE duplicate_setting (
  object_id uuid PRIMARY KEY,
  rules jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by uuid
);
-- Which keys of an object are built, and how far a building is.
CREATE TABLE duplicate_build (
  object_id uuid PRIMARY KEY,
  wanted text NOT NULL,
  built text,
  last_id uuid,
  done bigint NOT NULL DEFAULT 0,
  total bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE duplicate_key (
  record_id uuid NOT NULL,
  hash bigint NOT NULL,
  -- The transaction that wrote it: of two rows of one command the later is the duplicate.
  written xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ix_duplicate_key_hash ON duplicate_key (hash, record_id);
CREATE INDEX ix_duplicate_key_record ON duplicate_key (record_id);

-- Loaded records that were accepted unseen: a round looks through them.
CREATE TABLE duplicate_look (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  object_id uuid NOT NULL,
  first_id uuid NOT NULL,
  last_id uuid NOT NULL
);

CREATE TABLE duplicate_pair (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  other_object_id uuid NOT NULL,
  other_id uuid NOT NULL,
  score real NOT NULL,
  reasons jsonb NOT NULL DEFAULT '[]',
  source text NOT NULL CONSTRAINT ck_duplicate_pair_source CHECK (source IN ('accepted', 'offered', 'import', 'scan')),
  state text NOT NULL DEFAULT 'open'
    CONSTRAINT ck_duplicate_pair_state CHECK (state IN ('open', 'later', 'different', 'merged')),
  cluster uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  decided_at timestamptz,
  decided_by uuid,
  merge_id uuid,
  CONSTRAINT uq_duplicate_pair UNIQUE (record_id, other_id),
  CONSTRAINT ck_duplicate_pair_two CHECK (record_id <> other_id)
);
CREATE INDEX ix_duplicate_pair_open ON duplicate_pair (object_id, score DESC, id) WHERE state IN ('open', 'later');
CREATE INDEX ix_duplicate_pair_other ON duplicate_pair (other_id);

-- How often a person asked 查重 on a day.
CREATE TABLE duplicate_asked (
  user_id uuid NOT NULL,
  day date NOT NULL,
  kind text NOT NULL CONSTRAINT ck_duplicate_asked_kind CHECK (kind IN ('ask', 'hint')),
  count integer NOT NULL,
  PRIMARY KEY (user_id, day, kind)
);
CREATE TABLE duplicate_limit (
  one boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_duplicate_limit_one CHECK (one),
  per_day integer NOT NULL CONSTRAINT ck_duplicate_limit_day CHECK (per_day BETWEEN 1 AND 10000)
);

CREATE TABLE record_merge (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  survivor_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  actor_id uuid,
  -- What the survivor was and what it became, by column.
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  state text NOT NULL DEFAULT 'done' CONSTRAINT ck_record_merge_state CHECK (state IN ('done', 'undone')),
  undone_at timestamptz,
  undone_by uuid,
  told jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ix_record_merge_survivor ON record_merge (survivor_id);
CREATE TABLE record_merged (
  record_id uuid NOT NULL,
  merge_id uuid NOT NULL REFERENCES record_merge (id) ON DELETE CASCADE,
  survivor_id uuid NOT NULL,
  title text,
  -- Unique values given up, so that the survivor may have them.
  given_up jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (merge_id, record_id)
);
CREATE INDEX ix_record_merged_record ON record_merged (record_id);
CREATE INDEX ix_record_merged_survivor ON record_merged (survivor_id);
-- What a merge moved: which row of which table, in which column, from whom.
CREATE TABLE record_moved (
  merge_id uuid NOT NULL REFERENCES record_merge (id) ON DELETE CASCADE,
  place text NOT NULL,
  row_key text NOT NULL,
  from_id uuid NOT NULL,
  before jsonb,
  after jsonb
);
CREATE INDEX ix_record_moved_merge ON record_moved (merge_id, place);

CREATE TABLE duplicate_scan (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'waiting'
    CONSTRAINT ck_duplicate_scan_state
      CHECK (state IN ('waiting', 'running', 'done', 'cancelling', 'cancelled', 'failed')),
  threshold real NOT NULL,
  started_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  progress jsonb NOT NULL DEFAULT '{}',
  result jsonb NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX uq_duplicate_scan_one ON duplicate_scan (object_id)
  WHERE state IN ('waiting', 'running', 'cancelling');
"""


def upgrade() -> None:
    run_script(TABLES)
