"""What `newsletter doctor` looks at outside this program. Each probe asks, judges, and changes nothing."""
