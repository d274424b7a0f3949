"""The version of the package.

A constant: reading it from the metadata of the installation would take a tenth of the startup time
of a provider process.
"""

VERSION = "0.1.0"  # the only place: the build, the schema and the plugin read it from here
