"""Paper becomes PDF: typesetting, fonts, sealing, signing, checking.

The package knows nothing of the application. It takes plain data (strings, numbers, lists, mappings) and gives
bytes. Import the module you need: `pdf.render`, `pdf.seal`, `pdf.sign`, `pdf.certs`, `pdf.verify`, `pdf.merge`,
`pdf.preview`; `python -m pdf.fonts` builds the fonts once, at set-up.
"""
