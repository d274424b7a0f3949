"""The component ``FlashbackWorkspace``: a workspace and its contents from one description."""
