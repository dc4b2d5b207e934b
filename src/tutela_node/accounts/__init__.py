"""People, organisations and what they may do.

Job: who somebody is, for which organisation they act, which roles and tokens they hold now, which agreements stand.
Words: Person, Organisation, Grant, Token, Agreement, RecipientKey, Webhook.
Verbs: create_organisation, add_person, grant_role, end_grant, issue_token, revoke_token, sign_agreement,
register_recipient_key, register_webhook, remove_webhook.
Does not know: material, reports, what a permission of another room means, how a person signs in.
"""
