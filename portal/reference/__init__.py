"""What the portal is told about the prefecture before anyone signs in: plain data, no database, no calls.

`portal.reference.organs.ORGANS` is the whole list of organs, parents before children; a loader turns it
into rows.
"""
