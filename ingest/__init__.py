"""The write side: reads documents, splits them into passages, embeds them and writes a bundle."""
