"""Subscribers, consent, suppressions, campaigns, deliveries and approvals in SQL. The one stage with a database."""
