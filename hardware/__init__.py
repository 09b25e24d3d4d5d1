"""What is, and what can be switched: boards, meters and the guard before them."""
