"""What jobs cost: before they are sent, while they are held for it, and afterwards."""
