"""What of a page a person sees."""

import re


def shown(page: str) -> str:
    """The page without its templates: they hold what it may have to say later."""
    return re.sub(r"<template\b.*?</template>", "", page, flags=re.DOTALL)
