"""Proofs on the user's own model: A/B answers, calibrated reading, verified bills, and images it can look into."""
