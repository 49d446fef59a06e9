"""How a council is set up: its profile, made from what an extract holds, and looked through.

new_profile  a profile to begin with, every line of it explained
doubts       what is missing in a profile, or doubtful beside an extract
"""
