"""Statements of deal registrations, with API names (`query.ledgers`)."""

# Which of the registrations `ids` (or the keys given) stand against one that is protected for another partner.
_PROTECTED = """
o.deleted_at IS NULL AND o.[deal_registration.status] = 'approved'
  AND o.[deal_registration.protected_until] >= %(today)s
"""

CLASHES_OF_WRITTEN = f"""
SELECT DISTINCT ON (m.id) m.id, o.id, o.[deal_registration.partner], o.[deal_registration.protected_until]
FROM [deal_registration] m
JOIN {{registration_key}} k ON k.record_id = m.id
JOIN {{registration_key}} h ON h.key = k.key AND h.record_id <> m.id
JOIN [deal_registration] o ON o.id = h.record_id
WHERE m.id = ANY(%(ids)s::uuid[]) AND m.deleted_at IS NULL
  AND m.[deal_registration.status] IN ('submitted', 'approved')
  AND o.[deal_registration.partner] IS DISTINCT FROM m.[deal_registration.partner] AND {_PROTECTED}
ORDER BY m.id, o.[deal_registration.protected_until] DESC, o.id
"""

CLASHES_OF_KEYS = f"""
SELECT DISTINCT ON (o.[deal_registration.partner]) o.id, o.[deal_registration.partner],
  o.[deal_registration.protected_until]
FROM {{registration_key}} h JOIN [deal_registration] o ON o.id = h.record_id
WHERE h.key = ANY(%(keys)s::text[]) AND {_PROTECTED}
ORDER BY o.[deal_registration.partner], o.[deal_registration.protected_until] DESC
"""

FORGET_KEYS = "DELETE FROM {registration_key} WHERE record_id = ANY(%(ids)s::uuid[])"
KEEP_KEYS = """
INSERT INTO {registration_key} (record_id, key) SELECT * FROM unnest(%(ids)s::uuid[], %(keys)s::text[])
ON CONFLICT DO NOTHING
"""
# Whoever decides on one customer takes turns: of two the later sees what the earlier has committed.
TAKE_TURNS = """
SELECT pg_advisory_xact_lock(hashtextextended(%(schema)s || ':registration:' || key, 0))
FROM (SELECT DISTINCT key FROM {registration_key} WHERE record_id = %(id)s ORDER BY key) k
"""

# Customers of ours by credit code, or whose name holds the core of the one asked for.
ACCOUNTS = """
SELECT a.id, a.[account.name], a.owner_id, a.[account.credit_code] = %(code)s FROM [account] a
WHERE a.deleted_at IS NULL AND (a.[account.credit_code] = %(code)s OR a.[account.name] ILIKE %(like)s)
ORDER BY a.id LIMIT 50
"""
OPEN_DEALS = """
SELECT o.id, o.owner_id FROM [opportunity] o WHERE o.deleted_at IS NULL
  AND o.[opportunity.account] = ANY(%(accounts)s::uuid[]) AND o.[opportunity.stage] = ANY(%(open)s::text[])
ORDER BY o.id DESC LIMIT 20
"""

ENDED = """
SELECT r.id FROM [deal_registration] r WHERE r.deleted_at IS NULL AND r.[deal_registration.status] = 'approved'
  AND r.[deal_registration.protected_until] < %(today)s ORDER BY r.id
"""
# Each is told of once: the day itself is what is looked for.
ENDING = """
SELECT r.owner_id, r.id, r.[deal_registration.protected_until] FROM [deal_registration] r
WHERE r.deleted_at IS NULL AND r.[deal_registration.status] = 'approved' AND r.owner_id IS NOT NULL
  AND r.[deal_registration.protected_until] = %(soon)s
"""
