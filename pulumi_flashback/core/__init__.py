"""What both shells share: the operations of resources as the engine may see them."""
