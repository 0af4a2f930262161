"""What all ask of the machine: its processors, its users' folders, streams of bytes; standard library only."""
