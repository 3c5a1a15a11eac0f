"""From a foreign file or table to a typed log and its monthly counts; pure.

Whatever needs Ibis and DuckDB runs in a process of its own, which `apart` starts; a web process
never loads them and a hostile file can only end that process.
"""
