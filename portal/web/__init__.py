"""Plumbing that both doors share: it knows requests and answers, and nothing of vaccination."""
