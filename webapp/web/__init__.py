"""What a request passes before a view and after it: access, signatures, rate limits, headers, errors.

May import models and everything below; never a view. Only this package, `webapp.views` and, for the line of a request,
`webapp.ops.logs` know Flask’s request.
"""
