"""What an installation tells about itself: metrics, traces, slow statements, health (ADR 21)."""
