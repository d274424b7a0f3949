"""What all resources share. Nothing here depends on Pulumi: both providers use it."""
