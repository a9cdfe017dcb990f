"""A made-up institution that lives through its weeks by the same code that serves real chats."""
