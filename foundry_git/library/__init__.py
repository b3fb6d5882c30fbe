"""One library on disk, the stack of libraries searched together, and the candidates that wait beside them."""
