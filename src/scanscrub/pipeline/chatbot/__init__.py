"""Pictures of clean copies for a chatbot, made of the copies alone, so that anybody can make them again."""
