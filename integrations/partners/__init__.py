"""Programs of others that may speak with us: whom they speak for, where they are called, what they sign with."""
