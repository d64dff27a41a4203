"""What must hold for every company: the marts equal the reference, whatever the way they came."""
