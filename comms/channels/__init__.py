"""The ways out: each module hands one letter or post to one kind of receiver and says what is known of it."""
