"""Plain functions that make what tests need, one module per domain.

A factory adds its thing to the session, flushes and returns it; the test owns the transaction:

    with transaction(session):
        journey = make_journey(session, owner=cast.owner)
"""
