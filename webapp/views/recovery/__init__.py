"""Account Recovery: the reason, the methods, cloud restore, self-service, “This wasn’t me”.

Views ask, models decide. May import web, ops and models; never the headless client.
"""
