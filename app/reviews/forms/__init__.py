"""What is typed in reviews of the practice."""
