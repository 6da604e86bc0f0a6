"""Second factors, tokens, sign-in history, identity providers, mail."""

from banyan.db.migrations.scripts import run_script

revision = "0003_identity"
down_revision = "0002_access"
branch_labels = None
depends_on = None

# `id` is what people and the audit see; the token's hash stays inside. `expires_at` is the nearer of the
# idle and the absolute limit, so that finding a session compares one column; `ends_at` is the absolute one.
SESSIONS = """
ALTER TABLE session
  ADD COLUMN id uuid NOT NULL DEFAULT uuidv7(),
  ADD COLUMN ends_at timestamptz,
  ADD COLUMN method text NOT NULL DEFAULT 'password',
  ADD COLUMN powers_withheld boolean NOT NULL DEFAULT false;
UPDATE session SET ends_at = expires_at;
ALTER TABLE session ALTER COLUMN ends_at SET NOT NULL;
CREATE UNIQUE INDEX uq_session_id ON session (id);
ALTER TABLE credential
  ADD COLUMN password_set_at timestamptz NOT NULL DEFAULT now(),
  DROP COLUMN failed_count,
  DROP COLUMN locked_until;

CREATE TABLE sign_in_event (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  user_id uuid NOT NULL,
  outcome text NOT NULL CONSTRAINT ck_sign_in_event_outcome CHECK (outcome IN ('success', 'failure')),
  method text NOT NULL,
  address inet,
  client text,
  session_id uuid,
  new_device boolean NOT NULL DEFAULT false
);
CREATE INDEX ix_sign_in_event_user ON sign_in_event (user_id, at DESC);
CREATE INDEX ix_sign_in_event_at ON sign_in_event (at);

CREATE TABLE known_device (
  user_id uuid NOT NULL,
  device_hash bytea NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, device_hash)
);

-- Shared by all processes, worth nothing after a crash.
CREATE UNLOGGED TABLE sign_in_attempt (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  place bytea NOT NULL,
  address text NOT NULL,
  name_hash bytea NOT NULL
);
CREATE INDEX ix_sign_in_attempt_place ON sign_in_attempt (place, at);
CREATE INDEX ix_sign_in_attempt_address ON sign_in_attempt (address, at);
CREATE INDEX ix_sign_in_attempt_name ON sign_in_attempt (name_hash, at);
CREATE INDEX ix_sign_in_attempt_at ON sign_in_attempt (at);

CREATE TABLE password_history (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id uuid NOT NULL,
  password_hash text NOT NULL
);
CREATE INDEX ix_password_history_user ON password_history (user_id, id DESC);
"""

FACTORS = """
CREATE TABLE totp (
  user_id uuid PRIMARY KEY,
  secret text NOT NULL,
  confirmed_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0
);
CREATE TABLE recovery_code (
  user_id uuid NOT NULL,
  code_hash bytea NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (user_id, code_hash)
);
CREATE TABLE passkey (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id uuid NOT NULL,
  credential_id bytea NOT NULL CONSTRAINT uq_passkey_credential UNIQUE,
  public_key bytea NOT NULL,
  sign_count bigint NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE INDEX ix_passkey_user ON passkey (user_id);

-- What lasts minutes: a sign-in between its two steps, a challenge, a journey to an identity provider.
CREATE TABLE ticket (
  token_hash bytea PRIMARY KEY,
  purpose text NOT NULL,
  user_id uuid,
  data jsonb NOT NULL DEFAULT '{}',
  attempts integer NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL
);
CREATE INDEX ix_ticket_expires ON ticket (expires_at);
"""

TOKENS = """
CREATE TABLE api_token (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  token_hash bytea NOT NULL CONSTRAINT uq_api_token_hash UNIQUE,
  hint text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CONSTRAINT ck_api_token_kind CHECK (kind IN ('personal', 'service')),
  user_id uuid CONSTRAINT ck_api_token_owner CHECK ((kind = 'personal') = (user_id IS NOT NULL)),
  role_keys text[] NOT NULL DEFAULT '{}',
  scopes jsonb NOT NULL,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX ix_api_token_user ON api_token (user_id);
"""

PROVIDERS = """
CREATE TABLE security_setting (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  secret text,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE identity_provider (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  kind text NOT NULL CONSTRAINT ck_identity_provider_kind CHECK (kind IN ('oidc', 'ldap')),
  label text NOT NULL,
  settings jsonb NOT NULL,
  secret text,
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE identity_link (
  provider_id uuid NOT NULL CONSTRAINT fk_identity_link_provider REFERENCES identity_provider (id) ON DELETE CASCADE,
  subject text NOT NULL,
  user_id uuid NOT NULL,
  linked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider_id, subject)
);
CREATE INDEX ix_identity_link_user ON identity_link (user_id);
"""


def upgrade() -> None:
    for part in (SESSIONS, FACTORS, TOKENS, PROVIDERS):
        run_script(part)
