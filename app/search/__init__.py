"""One field that finds pages, actions and things of every domain."""
