"""A page on the loopback: to look at cleaned copies, to correct them, and to make them. Nothing else listens.

Like the command line it uses the public names of scanscrub and nothing below them. `listening` has the socket,
`gatekeeper` decides who is answered, `site` what, and `review_desk` and `ui_desk` are what the pages ask.
"""
