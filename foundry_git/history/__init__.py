"""What commits did to units: when each appeared, changed, was fixed, was reverted, moved and vanished."""
