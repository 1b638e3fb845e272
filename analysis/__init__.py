"""What a few annual counts can carry: estimates with their intervals, and the reasons where there are none."""
