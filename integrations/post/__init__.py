"""The post's own system: orders in and statuses out, event messages, and pre-advice and answer of despatches.

Every format here is ours, written "in the style of" what it is named after: the UPU's texts are paid and were not
read, and no interface of the Vietnamese post is published. No live endpoint was reached.
"""
