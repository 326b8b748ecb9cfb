"""What travels over HTTP: one struct per request and answer, and the conversions to entities.

No other room knows the JSON names of fields.
"""
