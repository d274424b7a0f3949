"""The version of the package.

A constant: reading the metadata of the installation imports modules for email and archives, which
would delay the start of a provider process.
"""

VERSION = "0.1.0"  # the only place: the build, the schema and the plugin read it from here
