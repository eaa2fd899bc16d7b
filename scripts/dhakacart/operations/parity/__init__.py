"""Whether Compose and Kubernetes run the same: views of each, their comparison, the differences that are declared."""
