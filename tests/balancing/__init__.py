"""Who gets how much: each rule in a small closed case, and what holds for any site."""
