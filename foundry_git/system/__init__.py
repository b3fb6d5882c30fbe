"""What operating systems do differently; every other module imports and runs on all of them."""
