"""The public pages: what anybody may read, and where a person joins, chooses and leaves.

GET and HEAD never change anything: programs open every link in a letter. Where a person acts there is a
button, and what it sends carries a seal that only a page of ours has. No cookies, no scripts of our own.
"""
